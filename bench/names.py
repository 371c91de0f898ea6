"""Names as an office on the west coast meets them: a few very often, many seldom."""

GIVEN = """
James Mary Michael Patricia John Jennifer Robert Linda David Elizabeth William Barbara Richard
Susan Joseph Jessica Thomas Karen Christopher Sarah Daniel Lisa Matthew Nancy Anthony Sandra Mark
Ashley José María Luis Carmen Juan Ana Carlos Rosa Jorge Guadalupe Jesús Juana Miguel Teresa
Francisco Verónica Alejandro Leticia Ángel Yolanda Andrés Inés Raúl Mónica Joaquín Noemí Óscar
Lucía Iván Sofía Wei Mei Hiroshi Yuki Minh Linh Arjun Priya Omar Fatima Amir Layla Ivan Olga Piotr
Zofia Søren Ingrid Kevin Emily Brian Kimberly George Donna Timothy Michelle Ronald Carol Edward
Amanda Jason Melissa Jeffrey Deborah Ryan Stephanie Jacob Rebecca Gary Sharon Nicholas Laura Eric
Cynthia Jonathan Dorothy Stephen Amy Larry Kathleen Justin Angela Scott Shirley Brandon Brenda
Benjamin Emma Samuel Pamela
""".split()  # noqa: SIM905  a list literal would be three times as long

FAMILY = """
Smith Johnson Williams Brown Jones García Miller Davis Rodríguez Martínez Hernández López González
Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Pérez Thompson White Harris Sánchez Clark
Ramírez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams
Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gómez Phillips Evans Turner Díaz Parker
Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutiérrez Ortiz Morgan Cooper
Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chávez Wood James
Bennett Gray Mendoza Ruiz Hughes Price Álvarez Castillo Sanders Patel Myers Long Ross Foster
Jiménez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Gonzales Fisher
Vásquez Simmons Romero Jordan Patterson Alexander Hamilton Graham Reynolds Griffin Wallace Moreno
West Cole Hayes Bryant Herrera Gibson Ellis Tran Medina Aguilar Stevens Murray Ford Castro
Marshall Owens Harrison Fernández McDonald Woods Washington Kennedy Wells Vargas Henry Chen
Freeman Webb Tucker Guzmán Burns Crawford Olson Simpson Porter Hunter Gordon Méndez Silva Shaw
Snyder Mason Dixon Muñoz Hunt Hicks Holmes Palmer Wagner Black Robertson Boyd Rose Stone Salazar
Fox Warren Mills Meyer Rice Schmidt Garza Daniels Ferguson Nichols Stephens Soto Weaver Ryan
Gardner Payne Grant Dunn Kelley Spencer Hawkins Arnold Pierce Vázquez Hansen Peters Santos Hart
Bradley Knight Elliott Cunningham Duncan Armstrong Hudson Carroll Lane Riley Andrews Alvarado Ray
Delgado Berry Perkins Hoffman Johnston Matthews Peña Richards Contreras Willis Carpenter Lawrence
Sandoval Núñez Ibáñez Yáñez Ordóñez Zúñiga Køhler Müller Schröder Łukasik Nowak Ivanova Petrov
Yamamoto Tanaka Nakamura Kowalski Jørgensen O'Brien O'Connor D'Angelo Haddad Rahman Hussain Singh
Kaur Gupta Iyer Zhang
""".split()  # noqa: SIM905  a list literal would be three times as long

CITIES = (
    ("Los Angeles", "US-CA", "90012"), ("San Diego", "US-CA", "92101"),
    ("Sacramento", "US-CA", "95814"), ("Fresno", "US-CA", "93721"),
    ("Denver", "US-CO", "80202"), ("Boulder", "US-CO", "80301"),
    ("Miami", "US-FL", "33139"), ("Orlando", "US-FL", "32801"), ("Omaha", "US-NE", "68102"),
)  # fmt: skip

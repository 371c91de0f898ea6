"""The product catalogue: YAML in, checked to the line, typed definitions out. No database."""

from policies.catalogue.definition import (
    ProductDefinition,
    choice_titles,
    required_documents,
    whole_money,
)
from policies.catalogue.loading import SHIPPED, check_document, check_text, load_folder
from policies.catalogue.parts import (
    AppetiteRule,
    Cancellation,
    Cause,
    Choice,
    Commission,
    Coverage,
    DocumentRequirement,
    Exclusion,
    Form,
    Option,
    PayPlan,
    Reinstatement,
    Renewal,
)
from policies.catalogue.reading import CatalogueError, Problem
from policies.catalogue.writing import write_text
from policies.rating.plan import label

__all__ = [
    "SHIPPED",
    "AppetiteRule",
    "Cancellation",
    "CatalogueError",
    "Cause",
    "Choice",
    "Commission",
    "Coverage",
    "DocumentRequirement",
    "Exclusion",
    "Form",
    "Option",
    "PayPlan",
    "Problem",
    "ProductDefinition",
    "Reinstatement",
    "Renewal",
    "check_document",
    "check_text",
    "choice_titles",
    "label",
    "load_folder",
    "required_documents",
    "whole_money",
    "write_text",
]

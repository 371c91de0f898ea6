class Refused(Exception):
    """The office will not do this now. The text is a sentence for the person on the screen.

    `field` names the form or API field that the sentence speaks of, where there is one.
    """

    def __init__(self, message, *, field=""):
        super().__init__(str(message))
        self.message = message
        self.field = field

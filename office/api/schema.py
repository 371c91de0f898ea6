"""What the schema says of every operation: its problems, its key, its scope."""

from office.api.problems import MEDIA_TYPE, SENTENCES

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "Sentences by the path of the field, such as `lost_on`.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Made up by the caller, a new one for each thing to be done; the same one "
    "again gives the same answer and does nothing.",
    "schema": {"type": "string", "pattern": "^[!-~]{8,120}$"},
}


def document_problems(result, generator, request, public):
    """Add the problem answers to every operation, and the key to every POST."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for methods in result["paths"].values():
        for method, operation in methods.items():
            for code, description in SENTENCES.items():
                answer = {"description": description, "content": content}
                operation["responses"].setdefault(str(code), answer)
            if method == "post":
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    return result

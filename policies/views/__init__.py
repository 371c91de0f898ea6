from policies.views.pages import detail, document, policy_list, worksheet

__all__ = ["detail", "document", "policy_list", "worksheet"]

"""The operations of the API, grouped by the noun of their paths.

Which request asks for which operation is not here but in `openai_assistants`.
"""

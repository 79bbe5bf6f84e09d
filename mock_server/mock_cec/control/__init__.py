"""The control API under `/__mock/`: tenants, scenarios, held polls, clocks and traces, while the server runs.

door         the state, and the lazy door: all below is loaded with the first control request
gate         who may come in: never a page of another origin; from elsewhere with a token (pure)
application  Starlette routes made from the table; errors in one shape
routes       the table: path, method, shapes and operation of each (pure)
openapi      the OpenAPI document, made from the table (pure)
shapes       what is asked and answered (pure)
operations   what each route does
making       tenants, scenarios, events and failures from what was asked (pure)
views        tenants, sessions, polls as they are shown (pure)
finding      which exchanges are meant (pure)
settling     stepping a clock, and letting everything happen that became due
writing      a trace as JSON or HAR, masked or not (pure)
watching     waiting for an exchange
"""

"""The one room that knows SpiffWorkflow: read, lint, run, store and restore processes.

From a file to a step: `xml` parses, `reading` (with `reading_events`, `attributes`) turns it into the typed
`diagram`, `lint` refuses what could not run as drawn, `builder` makes the library's specs of it, `deployment` does all
of this for a set of files. `interpreter` runs a case on those specs: `workflow` moves live tokens, `nodes`, `joins`,
`activities`, `events` and `multi_instance` say what each element does with them, `scopes` holds the variables,
`recorder` collects the step, `codec` stores what is left.

A new element: read it in `reading`, add its class (on the library's class of the same element) beside its kin, name it
in `builder`, add the rules that it needs to `lint`, and draw it in a test.
"""

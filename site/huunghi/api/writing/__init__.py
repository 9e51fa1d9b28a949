"""Writing by the API: what an editor may do in the admin's form, a program may do with a token of that editor."""

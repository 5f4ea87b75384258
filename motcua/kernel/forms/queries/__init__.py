"""Forms as others ask for them: checked answers, versions in force, what is known already, drafts."""

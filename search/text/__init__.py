"""Text analysis that both engines and the planner share: normal forms, tokens, folding, Khmer clusters."""

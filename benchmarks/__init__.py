"""What ``script/bench`` runs."""

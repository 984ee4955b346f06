"""API tokens (`mcrm_...`): a person's access for programs, narrower than their own where scopes say so."""

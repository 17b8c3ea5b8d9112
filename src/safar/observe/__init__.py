"""What they did: who came, what they bought, how many went on."""

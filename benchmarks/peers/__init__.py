"""What Safar is measured beside."""

"""What was designed, beside what is lived: journey maps, their stages, steps, lanes and cards."""

"""What is asked: the anatomy of a survey, its logic, its checks, and the events that answers become."""

"""Who is asked, where and how often: links, invitations, the budget of contacts, reminders."""

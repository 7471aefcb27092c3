"""What technicians do with their data and belonging."""

"""What units do: register, change, administer themselves."""

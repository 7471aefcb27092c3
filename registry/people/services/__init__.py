"""What technicians do with their data and belonging."""

from registry.people.services.registration import Registration, Sent, register_technician, registration_faults

__all__ = ["Registration", "Sent", "register_technician", "registration_faults"]

class ClinicError(Exception):
    pass


class Unknown(ClinicError, KeyError):
    pass


CARE_ERRORS = (Unknown, ValueError)

"""Weekly and monthly reports in Word: figures gathered, worded and laid out as offices write."""

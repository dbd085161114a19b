"""The files' door: Hugo trees come in and go out. It knows neither readers' pages nor the admin."""

"""What goes where on a carrier, as values before it is ink."""

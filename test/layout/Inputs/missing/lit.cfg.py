# As the tests that hang, but of a command that is not there, with all the time of the world.
import os

here = os.path.dirname(__file__)
lit_config.load_config(config, os.path.join(here, "..", "hanging", "lit.cfg.py"))
config.name = "missing"
config.test_source_root = here
config.seconds = 10000

# A test of a command that is not there, with all the time of the world.
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", ".."))
import timed

config.name = "missing"
config.test_format = timed.TimedShTest(execute_external=False)
config.suffixes = [".txt"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.environ["PLACE"]
config.seconds = 10000

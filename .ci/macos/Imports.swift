// Swift's modules that sources and tests import.

import Darwin
import Foundation
import Synchronization
import Testing

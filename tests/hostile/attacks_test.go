package hostile

import "slices"

// kinds contains the attacks, grouped by kind.
var kinds = [][]scenario{templates, regexps, canceled, connections, packs, lists, shapes, concurrent, longValues, misc}

// scenarios are all attacks.
var scenarios = slices.Concat(kinds...)

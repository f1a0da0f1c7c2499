package hostile

import "slices"

// lines are the attacks of issue 14 and of the same kind.
var lines = slices.Concat(texts, regexps, leaving, connections, packs, lists, shapes, crowds, echoes, odds)

package hostile

import "slices"

// kinds are the attacks by what they exhaust the plugin with.
var kinds = [][]line{texts, regexps, leaving, connections, packs, lists, shapes, crowds, echoes, odds}

// lines are all attacks.
var lines = slices.Concat(kinds...)

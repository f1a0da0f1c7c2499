package search

// typos returns the number of typos that change word a into word b, or max+1 if there are more
// than max. A typo is a missing, an additional or a wrong character, or two transposed
// adjacent ones (optimal string alignment distance). It compares only characters whose
// positions differ by at most max, so the time is linear in the length of the words.
func typos(a, b []rune, max int) int {
	if len(a)-len(b) > max || len(b)-len(a) > max {
		return max + 1
	}
	var rows [3][maxTypoRunes + 2]int // of the characters i-2, i-1 and i of a
	for j := range rows[0] {
		rows[0][j] = min(j, max+1)
	}
	for i := 1; i <= len(a); i++ {
		before, above, row := &rows[(i+1)%3], &rows[(i+2)%3], &rows[i%3]
		from, to := i-max, i+max
		if from < 1 {
			from = 1
		}
		if to > len(b) {
			to = len(b)
		}
		row[from-1], row[to+1] = max+1, max+1
		least := max + 1
		if from == 1 {
			row[0] = i
			least = min(least, i)
		}
		for j := from; j <= to; j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost, max+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > max {
			return max + 1
		}
	}
	return rows[len(a)%3][len(b)]
}

package index

import "strings"

// stopWordList are the English words that say little by themselves, in normal
// form. They are indexed and weigh less (see weights), and whether an entry
// matches never depends on them unless a query has no other words.
const stopWordList = `
a about above after again against all am an and any are arent as at be because been before being below between both but by
can cannot cant could couldnt did didnt do does doesnt doing dont down during each few for from further had hadnt has hasnt have
havent having he hed hell her here heres hers herself hes him himself his how hows i id if ill im in into is isnt it its
itself ive lets me more most must mustnt my myself no nor not of off on once only or other ought our ours ourselves out over own
same shall shant she shed shell shes should shouldnt so some such than that thats the their theirs them themselves then
there theres these they theyd theyll theyre theyve this those through to too under until up us very was wasnt we wed well
were werent weve what whats when whens where wheres which while who whom whos why whys will with wont would wouldnt you
youd youll your youre yours yourself yourselves youve vs versus
`

// stopWords is stopWordList as a set. It never changes.
var stopWords = func() map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(stopWordList) {
		set[w] = true
	}
	return set
}()

package lint

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"faqbase/kb"
)

// stale warns of pages and questions that nobody has looked at for too long.
func stale(lib *kb.Library, o Options) (faults kb.ErrorList) {
	for _, p := range lib.Pages {
		matter := sync.OnceValue(p.MatterLines) // few pages need it
		if due := p.ReviewBy; !due.IsZero() && over(due, o.Now) {
			faults = append(faults, warning("review-due", p.File, matter().Line("review_by"),
				"the review was due by %s; check the page, then give review_by a later day", due.Format(time.DateOnly)))
		}
		if o.aged(p.Verified) {
			faults = append(faults, warning("stale", p.File, matter().Line("verified"),
				"verified on %s, %s ago; check the page against its sources and give verified the day of that", p.Verified.Format(time.DateOnly), days(p.Verified, o.Now)))
		}
		for _, q := range p.Questions {
			if o.aged(q.Verified) {
				line := cmp.Or(matter().Line("questions", q.Anchor, "verified"), q.Line)
				faults = append(faults, warning("stale", p.File, line,
					"%q was verified on %s, %s ago; check the answer against its sources and give verified the day of that", shorten(q.Text), q.Verified.Format(time.DateOnly), days(q.Verified, o.Now)))
			}
		}
	}
	return faults
}

// over tells whether day has ended, in UTC.
func over(day, now time.Time) bool { return !now.Before(day.AddDate(0, 0, 1)) }

// aged tells whether what was verified on a day is stale.
func (o Options) aged(day time.Time) bool {
	return !day.IsZero() && o.Stale > 0 && o.Now.Sub(day) > o.Stale
}

// days is the time since a day in whole days.
func days(since, now time.Time) string {
	if n := int(now.Sub(since).Hours() / 24); n != 1 {
		return fmt.Sprintf("%d days", n)
	}
	return "1 day"
}

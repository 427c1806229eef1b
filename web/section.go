package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"faqbase/kb"
)

// What /question gives a question as, beside JSON.
const (
	asHTML     = "html"     // its answer for a place among answers of other pages
	asMarkdown = "markdown" // its part of the page's source
)

// answerAs answers /question with as=.
func answerAs(c *gin.Context, q *kb.Question, as string) error {
	if as == asMarkdown {
		c.Data(http.StatusOK, "text/markdown; charset=utf-8", q.Source())
		return nil
	}
	c.Header("Content-Security-Policy", contentPolicy)
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(amongOthers(q.HTML(), q.Page.URL())))
	return nil
}

// Package kb reads a knowledge base: a folder of Markdown pages, each a list of
// questions with their answers.
package kb

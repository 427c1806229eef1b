package kb

import (
	"io/fs"
	"strings"
	"testing"
)

func TestLinksOutOfTheFolder(t *testing.T) {
	d := newTree(t)
	d.write("outside/a.md", ask("one"))
	d.write("outside/more/b.md", ask("two"))
	d.write("outside/picture.png", "picture")
	d.write("kb/c.md", ask("three"))
	d.link("../outside", "kb/folder")
	d.link("../outside/a.md", "kb/file.md")
	d.link("..", "kb/up")
	d.link("loop", "kb/loop")
	inside, err := Load(Dir(d.at("kb")), Options{})
	if err != nil || asked(inside) != "c#three" {
		t.Errorf("without leave: %s, %v", asked(inside), err)
	}
	for _, name := range []string{"file.md", "folder/a.md", "folder/picture.png", "up/outside/a.md"} {
		if f, err := Dir(d.at("kb")).Open(name); err == nil {
			f.Close()
			t.Errorf("%s can be opened", name)
		}
	}
	all, err := Load(Linked(d.at("kb")), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"c#three", "file#one", "folder/a#one", "folder/more/b#two", "up/outside/a#one"} {
		if all.Question(id) == nil {
			t.Errorf("with leave there is no %s, only %s", id, asked(all))
		}
	}
	if f, err := all.Open("folder/picture.png"); err != nil {
		t.Error(err)
	} else {
		f.Close()
	}
	for _, name := range []string{"../outside/a.md", "/etc/passwd", "a/../../outside/a.md", ""} {
		if _, err := Linked(d.at("kb")).Open(name); err == nil || !strings.Contains(err.Error(), fs.ErrInvalid.Error()) {
			t.Errorf("%q is opened, which is no link: %v", name, err)
		}
	}
}

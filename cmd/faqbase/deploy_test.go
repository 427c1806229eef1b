package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"faqbase/kb"
)

// deployed is what a file in deploy starts the program with: its arguments, and its
// variables as NAME=VALUE.
type deployed struct{ args, env []string }

// readUnit reads deploy/faqbase.service.
func readUnit(t *testing.T) deployed {
	var d deployed
	for line := range strings.Lines(readDeploy(t, "faqbase.service")) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "ExecStart":
			d.args = strings.Fields(value)[1:]
		case "Environment":
			d.env = append(d.env, value)
		}
	}
	return d
}

// readImage reads the last stage of deploy/Dockerfile.
func readImage(t *testing.T) deployed {
	var d deployed
	var entry, command []string
	for line := range strings.Lines(readDeploy(t, "Dockerfile")) {
		instruction, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch instruction {
		case "FROM":
			d, entry, command = deployed{}, nil, nil
		case "ENV":
			d.env = append(d.env, rest)
		case "ENTRYPOINT":
			readJSON(t, rest, &entry)
		case "CMD":
			readJSON(t, rest, &command)
		}
	}
	if !slices.Equal(entry, []string{"/faqbase"}) {
		t.Fatalf("the image starts %q", entry)
	}
	d.args = command
	return d
}

// A manifest is what the tests read of deploy/kubernetes.yaml.
type manifest struct {
	Kind string
	Data map[string]string
	Spec struct {
		Template struct {
			Spec struct {
				Containers []struct {
					Args                                        []string
					Env                                         []struct{ Name, Value string }
					StartupProbe, ReadinessProbe, LivenessProbe struct {
						HTTPGet struct{ Path string } `yaml:"httpGet"`
					}
				}
			}
		}
	}
}

// readManifests reads deploy/kubernetes.yaml: each kind is there once.
func readManifests(t *testing.T) map[string]manifest {
	all := make(map[string]manifest)
	dec := yaml.NewDecoder(strings.NewReader(readDeploy(t, "kubernetes.yaml")))
	for {
		var m manifest
		err := dec.Decode(&m)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all[m.Kind] = m
	}
}

func readDeploy(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func readJSON(t *testing.T, text string, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), to); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// TestDeploymentsUseFlagsThatExist: a flag that is renamed or removed is noticed here
// and not by whoever updates a server.
func TestDeploymentsUseFlagsThatExist(t *testing.T) {
	container := readManifests(t)["Deployment"].Spec.Template.Spec.Containers[0]
	pod := deployed{args: container.Args}
	for _, v := range container.Env {
		pod.env = append(pod.env, v.Name+"="+v.Value)
	}
	for name, d := range map[string]deployed{"faqbase.service": readUnit(t), "Dockerfile": readImage(t), "kubernetes.yaml": pod} {
		t.Run(name, func(t *testing.T) {
			parser := newParser()
			known := variables(parser.Model.Node)
			if len(d.args) == 0 || len(d.env) == 0 {
				t.Fatalf("read %+v: the test no longer finds what is started", d)
			}
			for _, v := range d.env {
				variable, value, _ := strings.Cut(v, "=")
				if !slices.Contains(known, variable) {
					t.Errorf("no flag is set by %s", variable)
				}
				t.Setenv(variable, value)
			}
			if _, err := parser.Parse(d.args); err != nil {
				t.Errorf("%q: %v", d.args, err)
			}
		})
	}
}

// variables are the environment variables of all flags and arguments below n.
func variables(n *kong.Node) []string {
	var names []string
	for _, f := range n.Flags {
		names = append(names, f.Envs...)
	}
	for _, p := range n.Positional {
		names = append(names, p.Tag.Envs...)
	}
	for _, child := range n.Children {
		names = append(names, variables(child)...)
	}
	return names
}

// TestAConfigMapIsReadAsItIsMounted: a kubelet mounts links to files in a hidden
// folder, itself behind a link that it swaps.
func TestAConfigMapIsReadAsItIsMounted(t *testing.T) {
	pages := readManifests(t)["ConfigMap"].Data
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "..2026_11_20"), 0o755); err != nil {
		t.Fatal(err)
	}
	link := func(target, name string) {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	link("..2026_11_20", "..data")
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(dir, "..2026_11_20", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		link(filepath.Join("..data", name), name)
	}
	lib, err := kb.Load(kb.Dir(dir), kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(lib.Pages) != len(pages) || len(lib.Pages) == 0 || lib.NumQuestions() < 2*len(pages) || len(lib.Faults) != 0 {
		t.Errorf("%d of %d pages with %d questions and the faults %v", len(lib.Pages), len(pages), lib.NumQuestions(), lib.Faults)
	}
}

package web

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"strings"
	"testing"
)

// iconSize is what telephones and previews of links want at most, in pixels.
const iconSize = 512

// drawIcon draws assets/icon.png: the stroke of favicon.svg on its ground, which fills
// the square, as whoever shows it cuts it to a shape of his own. The stroke keeps
// within the middle four fifths, which every shape leaves (https://w3c.github.io/manifest/#icon-masks).
func drawIcon() image.Image {
	ground, stroke := color.NRGBA{0x0a, 0x5f, 0x66, 0xff}, color.NRGBA{0xff, 0xff, 0xff, 0xff}
	const scale, samples = .85, 4
	shades := make(color.Palette, samples*samples+1)
	for i := range shades {
		mix := func(a, b uint8) uint8 { return uint8((int(a)*(len(shades)-1-i) + int(b)*i) / (len(shades) - 1)) }
		shades[i] = color.NRGBA{mix(ground.R, stroke.R), mix(ground.G, stroke.G), mix(ground.B, stroke.B), 0xff}
	}
	picture := image.NewPaletted(image.Rect(0, 0, iconSize, iconSize), shades)
	// In the units of favicon.svg around its middle: a line with round ends.
	const fromX, fromY, toX, toY, width = -4.5, 10.5, 4.5, -10.5, 4.5
	within := func(x, y float64) bool {
		along := ((x-fromX)*(toX-fromX) + (y-fromY)*(toY-fromY)) / ((toX-fromX)*(toX-fromX) + (toY-fromY)*(toY-fromY))
		along = max(0, min(1, along))
		return math.Hypot(x-fromX-along*(toX-fromX), y-fromY-along*(toY-fromY)) <= width/2
	}
	unit := func(pixel, sample int) float64 {
		return ((float64(pixel)+(float64(sample)+.5)/samples)/iconSize*32 - 16) / scale
	}
	for py := range iconSize {
		for px := range iconSize {
			n := 0
			for sy := range samples {
				for sx := range samples {
					if within(unit(px, sx), unit(py, sy)) {
						n++
					}
				}
			}
			picture.SetColorIndex(px, py, uint8(n))
		}
	}
	return picture
}

func sameColour(a, b color.Color) bool {
	return color.NRGBAModel.Convert(a) == color.NRGBAModel.Convert(b)
}

func TestTheIconIsThatOfTheDesign(t *testing.T) {
	const file = "assets/icon.png"
	want := drawIcon()
	if *update {
		var b bytes.Buffer
		encoder := png.Encoder{CompressionLevel: png.BestCompression}
		if err := encoder.Encode(&b, want); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if got.Bounds() != want.Bounds() {
		t.Fatalf("the icon is %v, want %v", got.Bounds(), want.Bounds())
	}
	for y := range iconSize {
		for x := range iconSize {
			if !sameColour(got.At(x, y), want.At(x, y)) {
				t.Fatalf("pixel %d, %d is %v, want %v; go test ./web -run Icon -update draws it", x, y, got.At(x, y), want.At(x, y))
			}
		}
	}
	svg, err := os.ReadFile("assets/favicon.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`viewBox="0 0 32 32"`, `fill="#0a5f66"`, `d="M11.5 26.5 20.5 5.5"`, `stroke="#fff" stroke-width="4.5"`} {
		if !strings.Contains(string(svg), part) {
			t.Errorf("favicon.svg is drawn otherwise: it has no %s", part)
		}
	}
}

func TestLinksAreSharedWithAPicture(t *testing.T) {
	for base, begin := range map[string]string{"": "", "https://docs.example/help/": "https://docs.example/help"} {
		s := open(t, load(t, fixture(t, nil), begin), Config{BaseURL: base})
		body := s.get("/kb/python/peewee").want(t, 200, "text/html").body
		_, picture, _ := strings.Cut(body, `<meta property="og:image" content="`)
		picture, _, _ = strings.Cut(picture, `"`)
		if begin == "" {
			begin = s.http.URL
		}
		path, ok := strings.CutPrefix(picture, begin)
		if !ok {
			t.Fatalf("the picture is at %q, want it below %s", picture, begin)
		}
		r := s.get(path).want(t, 200, "image/png")
		if shown, err := png.DecodeConfig(strings.NewReader(r.body)); err != nil || shown.Width != iconSize || shown.Height != iconSize {
			t.Errorf("the picture is %+v, %v", shown, err)
		}
		if !strings.Contains(body, `<link rel="apple-touch-icon" href="`) {
			t.Error("a home screen has no picture")
		}
	}
}

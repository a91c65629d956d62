package deploytest

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// stampedVersion is the version that the image is built with.
const stampedVersion = "v0.0.0-deploytest"

// image is what the Dockerfile makes, without an engine: its build command is run in a folder that holds what the build
// context would, and its second stage is put together in another.
type image struct {
	// folder holds everything; rootfs, in it, is the root of the image.
	folder string
	rootfs string
	// files are the paths in the image, as it was made.
	files []string
	final buildStage
	env   map[string]string
}

// built is the image; it is built once for all tests.
var built = sync.OnceValues(func() (*image, error) {
	folder, err := os.MkdirTemp("", "deploytest")
	if err != nil {
		return nil, err
	}
	i, err := buildImage(folder)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return i, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if used {
		if i, err := built(); err == nil {
			_ = os.RemoveAll(i.folder) // the system removes temporary files too
		}
	}
	os.Exit(code)
}

// used tells that a test asked for the image.
var used bool

// theImage returns the image. Tests that call it do not run in parallel.
func theImage(t *testing.T) *image {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the image runs on Linux")
	}
	used = true
	i, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func buildImage(folder string) (*image, error) {
	stages, err := readDockerfile(root + "/Dockerfile")
	if err != nil {
		return nil, err
	}
	context := filepath.Join(folder, "context")
	if _, err := copyContext(root, context); err != nil {
		return nil, err
	}
	if err := runStage(stages[0], context); err != nil {
		return nil, err
	}
	i := &image{folder: folder, rootfs: filepath.Join(folder, "rootfs"), final: stages[1]}
	if i.env, err = stages[1].environment(); err != nil {
		return nil, err
	}
	if err := os.Mkdir(i.rootfs, 0o755); err != nil {
		return nil, err
	}
	for _, c := range stages[1].instructions {
		if c.name != "COPY" {
			continue
		}
		if err := i.copyIn(c, stages[0], context); err != nil {
			return nil, fmt.Errorf("COPY %s: %w", c.text, err)
		}
	}
	return i, filepath.WalkDir(i.rootfs, func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			i.files = append(i.files, strings.TrimPrefix(file, i.rootfs))
		}
		return err
	})
}

// runStage runs the commands of the build stage as they are written, in a folder that stands for its working folder.
func runStage(s buildStage, folder string) error {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GOFLAGS=") })
	for _, i := range s.instructions {
		switch i.name {
		case "WORKDIR":
		case "COPY":
			if i.text != ". ." {
				return fmt.Errorf("COPY %s: this test expects the whole context", i.text)
			}
		case "ARG":
			value, known := map[string]string{"VERSION": stampedVersion, "TARGETOS": runtime.GOOS, "TARGETARCH": runtime.GOARCH}[i.text]
			if !known {
				return fmt.Errorf("ARG %s: this test has no value for it", i.text)
			}
			env = append(env, i.text+"="+value)
		case "RUN":
			cmd := exec.Command("sh", "-c", i.text)
			cmd.Dir, cmd.Env = folder, env
			if out, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("RUN %s: %w\n%s", i.text, err, out)
			}
		default:
			return fmt.Errorf("%s: this test cannot do that", i.name)
		}
	}
	return nil
}

// copyIn copies what one instruction says into the image.
func (i *image) copyIn(c instruction, build buildStage, context string) error {
	fields := strings.Fields(c.text)
	sources, to := fields[:len(fields)-1], fields[len(fields)-1]
	for _, source := range sources {
		from := filepath.Join(context, source)
		if c.flags["from"] != "" {
			if c.flags["from"] != build.name {
				return fmt.Errorf("there is no stage %s", c.flags["from"])
			}
			inside, found := strings.CutPrefix(source, build.workdir()+"/")
			if !found {
				continue // part of the base image, which is not here
			}
			from = filepath.Join(context, inside)
		}
		info, err := os.Stat(from)
		if err != nil {
			return err
		}
		target := filepath.Join(i.rootfs, to)
		switch {
		case info.IsDir():
			var entries []fs.DirEntry
			if entries, err = os.ReadDir(from); err == nil && len(entries) > 0 {
				return errors.New("this test expects an empty folder")
			}
			err = errors.Join(err, os.MkdirAll(target, 0o755))
		case strings.HasSuffix(to, "/"):
			err = copyFile(from, filepath.Join(target, path.Base(source)))
		default:
			err = copyFile(from, target)
		}
		if err != nil {
			return err
		}
		if owner := c.flags["chown"]; owner != "" && os.Getuid() == 0 {
			var uid, gid int
			if _, err := fmt.Sscanf(owner, "%d:%d", &uid, &gid); err != nil {
				return fmt.Errorf("the owner %s is no pair of numbers: the image knows no names", owner)
			}
			if err := os.Chown(target, uid, gid); err != nil {
				return err
			}
		}
	}
	return nil
}

// program is the path of the server in the image, seen from here.
func (i *image) program() string { return filepath.Join(i.rootfs, "attrigraph") }

// TestImageFiles holds that the image is made of static programs and their licences.
func TestImageFiles(t *testing.T) {
	i := theImage(t)
	for _, program := range []string{"/attrigraph", "/probe"} {
		file, err := elf.Open(filepath.Join(i.rootfs, program))
		if err != nil {
			t.Fatal(err)
		}
		libraries, err := file.ImportedLibraries()
		if err != nil || len(libraries) > 0 || slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
			t.Errorf("%s is not static: it needs %v (%v)", program, libraries, err)
		}
		file.Close()
	}
	if want := []string{"/LICENSE", "/NOTICE", "/attrigraph", "/probe"}; !slices.Equal(i.files, want) {
		t.Errorf("the image holds %v beside certificates, want %v", i.files, want)
	}
	out, err := exec.CommandContext(t.Context(), i.program(), "version").Output()
	if err != nil || !strings.HasPrefix(string(out), "attrigraph "+stampedVersion+"\n") {
		t.Errorf("attrigraph version prints %q (%v)", out, err)
	}
	if out, err := exec.CommandContext(t.Context(), i.program(), "--help").Output(); err != nil || !strings.Contains(string(out), "serve") {
		t.Errorf("attrigraph --help prints %q (%v)", out, err)
	}
}

// TestReproducible holds that the same files give the same programs, wherever and whenever they are built.
func TestReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("links the programs again")
	}
	i := theImage(t)
	again := filepath.Join(t.TempDir(), "elsewhere")
	// What the first build was given, not what the repository holds by now.
	if err := os.CopyFS(again, os.DirFS(filepath.Join(i.folder, "context"))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(again, "out")); err != nil {
		t.Fatal(err)
	}
	stages, err := readDockerfile(root + "/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	if err := runStage(stages[0], again); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"attrigraph", "probe"} {
		first, err := os.ReadFile(filepath.Join(i.rootfs, program))
		if err != nil {
			t.Fatal(err)
		}
		second, err := os.ReadFile(filepath.Join(again, "out", program))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("two builds of %s differ", program)
		}
	}
}

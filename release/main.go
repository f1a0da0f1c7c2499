// Command release makes the files of a release from the build in dist. go tool mage package
// and go tool mage sign run it.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/release/artifact"
)

func main() {
	log.SetFlags(0)
	root := flag.String("root", "..", "folder of the repository")
	dist := flag.String("dist", "../dist", "folder of the build")
	out := flag.String("out", "../.release", "folder for the files of the release; its content is replaced")
	date := flag.Int64("date", 0, "date of the release in seconds since 1970")
	platforms := flag.String("platforms", "", "comma-separated platforms of the executables, such as linux/amd64")
	signed := flag.Bool("signed", false, "pack the folder that an earlier run has staged, after it was signed")
	flag.Parse()
	o := artifact.Options{Root: *root, Dist: *dist, Out: *out, Date: time.Unix(*date, 0), Platforms: strings.Split(*platforms, ",")}
	name, err := run(context.Background(), o, *signed)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(name)
}

func run(ctx context.Context, o artifact.Options, signed bool) (string, error) {
	if signed {
		return artifact.Pack(o)
	}
	return artifact.Make(ctx, o)
}

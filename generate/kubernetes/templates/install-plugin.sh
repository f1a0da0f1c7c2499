set -eu
cd /plugins
rm -rf ./*
curl --fail --silent --show-error --location --retry 5 --remote-name "$RELEASE/$ZIP" --remote-name "$RELEASE/checksums.txt"
grep -F "  $ZIP" checksums.txt > wanted.txt
sha256sum -c wanted.txt
unzip -q "$ZIP"
rm "$ZIP" checksums.txt wanted.txt

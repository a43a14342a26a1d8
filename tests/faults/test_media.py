"""There is no room left for what editors upload."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.faults.editor import Editor
from tests.faults.site import Site
from tests.live_site import until
from tests.test_images import file_of

MOUNT = "mount -t tmpfs -o size=2m tmpfs"
AS_ROOT = [] if os.geteuid() == 0 else ["--map-root-user"]
OWN_DISKS = ["unshare", *AS_ROOT, "--mount", "sh", "-c"]
EXEC = "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])"


def test_a_full_disk_stops_uploads_alone_and_only_while_it_is_full(
    site: Site, editor: Editor, tmp_path: Path
) -> None:
    if subprocess.run([*OWN_DISKS, f"{MOUNT} {tmp_path}"], check=False).returncode:
        pytest.skip("This machine lets nobody mount a small disk")
    around = ["-c", EXEC, *OWN_DISKS, f'{MOUNT} {tmp_path} && exec "$@"', "sh", sys.executable]
    photo = file_of(Image.effect_noise((400, 400), 90), "ruis.png")
    with site.web(*around, MEDIA_ROOT=str(tmp_path)) as web:
        before = images(site)
        filler = Path(f"/proc/{web.process.pid}/root{tmp_path}/filler")
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(bytes(3_000_000))
        assert editor.upload(web, photo, web).status_code == 500
        assert images(site) == before
        assert web.ask("GET", "/").status == 200
        assert editor.confirm(web, editor.unpublish, web).ok
        assert editor.confirm(web, editor.publish, web).ok
        until(lambda: web.ask("GET", "/privacy/").status == 200)
        filler.unlink()
        photo.seek(0)
        assert editor.upload(web, photo, web).ok
        assert images(site) == before + 1


def images(site: Site) -> int:
    """How many images the library has."""
    [(count,)] = site.query("SELECT count(*) FROM vitaleoverheid_siteimage")
    return int(count)

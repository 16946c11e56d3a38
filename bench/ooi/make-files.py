"""Writes NetCDF-4 files like those of the facility: FOLDER FILES ROWS TABLE. Each file begins with the last rows of the one before, and repeats one row."""

import sys

import netCDF4
import numpy as np

folder, files, rows, table = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
OVERLAP = 100
EPOCH = np.datetime64('1900-01-01T00:00:00', 'us')
START = 3_900_000_000.0

STAMPS = ['driver_timestamp', 'ingestion_timestamp', 'internal_timestamp', 'port_timestamp']
FLOATS = ['sea_water_temperature', 'sea_water_practical_salinity', 'sea_water_pressure', 'sea_water_density']
COUNTS = ['conductivity', 'pressure']


def stamp(seconds):
    return str(EPOCH + np.timedelta64(round(seconds * 1e6), 'us')).replace('-', '').replace(':', '')


def variable(data, name, kind, fill, values):
    made = data.createVariable(name, kind, ('obs',), zlib=True, complevel=1, shuffle=True, chunksizes=(min(rows, 10_000),), fill_value=fill)
    made.setncatts({'long_name': name.replace('_', ' '), 'units': 'seconds since 1900-01-01 0:0:0' if kind == 'f8' else '1'})
    made[:] = values


for index in range(files):
    random = np.random.default_rng(index)
    first = index * (rows - OVERLAP)
    at = np.arange(first, first + rows)
    time = START + at + np.random.default_rng(7).integers(0, 1_000_000) / 1e6 + np.round(((at * 7919) % 1000) / 1e6, 6)
    time[rows // 2] = time[rows // 2 - 1]
    name = f'{folder}/deployment{1 + index // 10:04d}_{table}_{stamp(time[0])}-{stamp(time[-1])}.nc'
    with netCDF4.Dataset(name, 'w') as data:
        data.createDimension('obs', None)
        data.setncatts({'id': table, 'geospatial_lat_min': 44.6, 'geospatial_lat_max': 44.6, 'history': f'file {index}'})
        variable(data, 'time', 'f8', -9999999.0, time)
        for offset, each in enumerate(STAMPS):
            variable(data, each, 'f8', -9999999.0, time + offset + np.round(random.random(rows), 3))
        for each in FLOATS:
            variable(data, each, 'f4', -9999999.0, (8 + np.sin(at / 5000) + random.normal(0, 0.01, rows)).astype('f4').round(4))
        for each in COUNTS:
            variable(data, each, 'i4', -9999999, (300_000 + 1000 * np.sin(at / 5000) + random.integers(0, 300, rows)).astype('i4'))
        variable(data, 'deployment', 'i4', None, np.full(rows, 1 + index // 10, 'i4'))
        variable(data, 'oxy_temp', 'u2', 65535, random.integers(20_000, 20_400, rows).astype('u2'))
        variable(data, 'pressure_temp', 'u2', 0, random.integers(30_000, 30_100, rows).astype('u2'))
        variable(data, 'sea_water_temperature_qartod_results', 'u1', None, random.choice([1, 1, 1, 3], rows).astype('u1'))

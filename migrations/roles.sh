#!/bin/sh
# The two roles of the database: the owner migrates, the app owns nothing.
set -eu
psql -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" \
  -v owner="$TRAJE_OWNER_PASSWORD" -v app="$TRAJE_APP_PASSWORD" <<'SQL'
CREATE ROLE traje_owner LOGIN PASSWORD :'owner' NOSUPERUSER NOBYPASSRLS;
CREATE ROLE traje_app LOGIN PASSWORD :'app' NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE traje OWNER traje_owner ENCODING 'UTF8' TEMPLATE template0;
SQL

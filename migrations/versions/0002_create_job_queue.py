"""The job queue of procrastinate."""

from typing import Any

from alembic import op
from procrastinate.schema import SchemaManager

from tenants.database import APP_ROLE

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OURS = "procrastinate\\_%"


def upgrade() -> None:
    # The driver's own cursor: the script holds many statements and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(SchemaManager.get_schema())
    op.execute(
        f"""
        DO $$ DECLARE found record; BEGIN
          FOR found IN SELECT relname, relkind FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relname LIKE '{OURS}' AND relkind IN ('r', 'S')
          LOOP
            IF found.relkind = 'r' THEN
              EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {APP_ROLE}', found.relname);
            ELSE
              EXECUTE format('GRANT USAGE ON SEQUENCE %I TO {APP_ROLE}', found.relname);
            END IF;
          END LOOP;
        END $$
        """
    )


def downgrade() -> None:
    op.execute(
        f"""
        DO $$ DECLARE found record; BEGIN
          FOR found IN SELECT relname FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relname LIKE '{OURS}' AND relkind = 'r'
          LOOP EXECUTE format('DROP TABLE %I CASCADE', found.relname); END LOOP;
          FOR found IN SELECT oid::regprocedure AS name FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace AND proname LIKE '{OURS}'
          LOOP EXECUTE format('DROP FUNCTION %s CASCADE', found.name); END LOOP;
          FOR found IN SELECT typname FROM pg_type
            WHERE typnamespace = 'public'::regnamespace AND typname LIKE '{OURS}' AND typtype IN ('e', 'c')
          LOOP EXECUTE format('DROP TYPE %I CASCADE', found.typname); END LOOP;
        END $$
        """
    )

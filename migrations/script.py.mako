"""${message}."""

from alembic import op
import sqlalchemy as sa
from geoalchemy2 import Geometry
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The legal CRS is a setting of the deployment.
    srid = op.get_context().config.attributes["crs"].srid
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    # The legal CRS is a setting of the deployment.
    srid = op.get_context().config.attributes["crs"].srid
    ${downgrades if downgrades else "pass"}

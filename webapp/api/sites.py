"""Which site a call is about: the caller's own, the only one there is, or the one that is named."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.errors import BadInput, NotFound
from bottletrack.tables import Site


def get_site_id(session: Session, actor: Actor, code: str | None) -> int:
    """Raises NotFound for a site that is not of the actor's territory, BadInput where several come into question."""
    if code is None and actor.site_id is not None:
        return actor.site_id
    wanted = [Site.territory_id == actor.territory_id]
    if code is not None:
        wanted.append(Site.code == code.strip().upper())
    sites = session.scalars(select(Site.id).where(*wanted).limit(2)).all()
    if code is not None and not sites:
        raise NotFound("There is no such site.", "Choose a site of your territory.", field="site")
    if len(sites) != 1:
        raise BadInput("No site was chosen.", "Choose the site where this happened.", field="site")
    return sites[0]

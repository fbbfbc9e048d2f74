"""Pictures that load anywhere: `/img/<signed>` brings those whose hosts refuse to be shown on other sites.

policy   which picture of which source goes by way of us
signed   addresses that we made and nobody else can
look     what a file is and how large, from its first bytes, without decoding it
cabinet  pictures on disk, within bounds
studio   one fetch for all who ask, few at a time, and what failed is not asked for again at once
view     the address itself
"""

from aggregator.serve.pictures.cabinet import Cabinet
from aggregator.serve.pictures.policy import Policy
from aggregator.serve.pictures.signed import Signer
from aggregator.serve.pictures.studio import Fetch, Studio
from aggregator.serve.pictures.view import view

__all__ = ["Cabinet", "Fetch", "Policy", "Signer", "Studio", "view"]

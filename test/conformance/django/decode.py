"""What PyJWT makes of each token in a file: its claims, or the name of the exception."""

import json
import sys

import jwt


def decode(token, algorithm, audience, issuer, key=None, jwks=None):
    try:
        if jwks:
            key = jwt.PyJWKClient(jwks).get_signing_key_from_jwt(token).key
        claims = jwt.decode(token, key, algorithms=[algorithm], audience=audience, issuer=issuer)
        return {"claims": claims}
    except jwt.PyJWTError as error:
        return {"error": type(error).__name__}


with open(sys.argv[1]) as given, open(sys.argv[2], "w") as found:
    json.dump([decode(**case) for case in json.load(given)], found)

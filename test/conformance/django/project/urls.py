import os

from django.urls import include, path
from rest_framework.authtoken.views import obtain_auth_token
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt import views as jwt
from rest_framework_simplejwt.authentication import (
    JWTAuthentication,
    JWTStatelessUserAuthentication,
)


class ProtectedEndpoint(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"message": "You have access to this protected endpoint."})


class Caller(APIView):
    """The user of the token, authenticated by Simple JWT alone."""

    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"id": str(request.user.id)})


patterns = [
    path("caller/", Caller.as_view(authentication_classes=[JWTAuthentication])),
    path("caller/stateless/", Caller.as_view(authentication_classes=[JWTStatelessUserAuthentication])),
    path("auth/", include("djoser.urls")),
    path("auth/", include("djoser.urls.jwt")),
    path("auth/", include("djoser.urls.authtoken")),
    path("api/token/", jwt.TokenObtainPairView.as_view()),
    path("api/token/refresh/", jwt.TokenRefreshView.as_view()),
    path("api/token/verify/", jwt.TokenVerifyView.as_view()),
    path("api/token/blacklist/", jwt.TokenBlacklistView.as_view()),
    path("api-token-auth/", obtain_auth_token),
    path("api/token/sliding/", jwt.TokenObtainSlidingView.as_view()),
    path("api/token/sliding/refresh/", jwt.TokenRefreshSlidingView.as_view()),
    path("api/protected-endpoint/", ProtectedEndpoint.as_view()),
]

prefix = os.environ.get("PEER_PREFIX", "").strip("/")
urlpatterns = [path(f"{prefix}/", include(patterns))] if prefix else patterns

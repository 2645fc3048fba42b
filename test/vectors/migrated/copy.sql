--
-- PostgreSQL database dump
--

\restrict 8bTHRs8e4IRUIWXNyFK7yfzlNMMGmyTghz0QZBz2RcpifzzgZfakzdSVctyxW1s

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Data for Name: auth_user; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.auth_user (id, password, last_login, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined) FROM stdin;
7	pbkdf2_sha256$1000$saltsaltsaltsaltsaltsa$OBsoQPiNWbQBQPwYGk7+x+O4AzFi7wGlOnIFmIrQdBY=	2024-05-06 07:08:09+00	f	ada	Ada	Lovelace	Ada@example.com	f	t	2019-03-04 05:06:07.890123+00
8	pbkdf2_sha256$1000$saltsaltsaltsaltsaltsa$MwOg05lJAWC5Jk2RIVJxLcnJxX8QkBGuBweYf809KmA=	\N	t	grace	Gr\\ace\t"'	O'Hopper;\n-- 	grace@example.com	t	t	2019-03-04 05:06:07.890123+00
11	pbkdf2_sha256$1000$saltsaltsaltsaltsaltsa$/vgF5h7mKjI86cJX5vDEeTqQ5Nqy1cFV91s6uM6pgq8=	\N	f	gone			gone@example.com	f	f	2019-03-04 05:06:07.890123+00
300	!unusable	\N	f	ольга	Ольга 🐴	BEGIN TRANSACTION; COMMIT;	olga@example.com	f	t	2019-03-04 05:06:07.890123+00
\.


--
-- Data for Name: authtoken_token; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.authtoken_token (key, created, user_id) FROM stdin;
0123456789abcdef0123456789abcdef01234567	2026-11-22 04:40:02.534029+00	7
\.


--
-- Data for Name: token_blacklist_outstandingtoken; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.token_blacklist_outstandingtoken (id, token, created_at, expires_at, user_id, jti) FROM stdin;
1	eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6MzUyMzMyMjQwMiwiaWF0IjoxNzk1MzIyNDAyLCJqdGkiOiIwYTQ1MWIzOWU3NzA0N2NiYjhmN2I5NGRjZTY0NThkNCIsInVzZXJfaWQiOjd9.VQURC9mPgz5WX4dhBYdlbfccJAhc9c7JZFmGl2711NA	2026-11-22 04:40:02.536424+00	2081-08-25 04:40:02+00	7	0a451b39e77047cbb8f7b94dce6458d4
2	eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6MzUyMzMyMjQwMiwiaWF0IjoxNzk1MzIyNDAyLCJqdGkiOiJlNWJkNjE3NmRjODY0YjM1OWQwY2M0OGYxOTNiMTZiOCIsInVzZXJfaWQiOjd9.sGrg4RiazURb2VNoazPllMQC-e3xBUAZ08gAv1qh8ZY	2026-11-22 04:40:02.615137+00	2081-08-25 04:40:02+00	7	e5bd6176dc864b359d0cc48f193b16b8
\.


--
-- Data for Name: token_blacklist_blacklistedtoken; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.token_blacklist_blacklistedtoken (id, blacklisted_at, token_id) FROM stdin;
1	2026-11-22 04:40:02.624321+00	2
\.


--
-- Name: auth_user_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.auth_user_id_seq', 1, false);


--
-- Name: token_blacklist_blacklistedtoken_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.token_blacklist_blacklistedtoken_id_seq', 1, true);


--
-- Name: token_blacklist_outstandingtoken_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.token_blacklist_outstandingtoken_id_seq', 2, true);


--
-- PostgreSQL database dump complete
--

\unrestrict 8bTHRs8e4IRUIWXNyFK7yfzlNMMGmyTghz0QZBz2RcpifzzgZfakzdSVctyxW1s


# The site as production runs it. compose.yaml says how; docs/how-to/containers.md explains.
FROM python:3.12-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# A number that compose.yaml and the folder of uploaded files can name.
RUN useradd --system --uid 10001 --no-create-home huunghi \
    && install --directory --owner=huunghi /var/lib/huunghi /var/lib/huunghi/media

WORKDIR /srv/huunghi
COPY requirements.txt ./
RUN pip install --require-hashes --requirement requirements.txt
COPY manage.py ./
COPY events ./events
COPY partners ./partners
COPY search ./search
COPY site ./site

ENV HUUNGHI_VAR=/var/lib/huunghi DJANGO_SETTINGS_MODULE=huunghi_site.settings.production
USER 10001
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "huunghi_site.wsgi:application", "--pythonpath", "site", "--bind", "0.0.0.0:8000", \
     "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]

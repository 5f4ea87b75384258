from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "motcua.kernel.messages"
    label = "messages"

from customers import services
from office import outbox


@outbox.consumer("customers.deliver", atomic=False)
def deliver(message_id):
    services.deliver_message(message_id=message_id)
